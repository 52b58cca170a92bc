// What an action says on the page that follows it: carried in a short-lived cookie.
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

export interface Said {
  message: string
  tone: 'good' | 'bad'
  /** A form POST that takes it back, until when it can (ms since 1970; absent: for as long as the page shows it). */
  undo?: { path: string; label: string; until?: number }
}

/** 303 back to a page which then shows the message. */
export function redirectSaying(c: Context, path: string, message: string, more: Partial<Omit<Said, 'message'>> = {}) {
  const said: Said = { message, tone: 'good', ...more }
  setCookie(c, COOKIE, encodeURIComponent(JSON.stringify(said)), { path: '/', maxAge: 60, httpOnly: true, sameSite: 'Lax' })
  return c.redirect(path, 303)
}

/** Shown once. */
export function takeSaid(c: Context): Said | null {
  const cookie = getCookie(c, COOKIE)
  if (!cookie) return null
  deleteCookie(c, COOKIE, { path: '/' })
  try {
    return JSON.parse(decodeURIComponent(cookie)) as Said
  } catch {
    // A cookie somebody else wrote under our name says nothing.
    return null
  }
}

const COOKIE = 'heed_said'
