// Fetches what mentions us on others' media: only by the place that a push named, and through our own account.
// developers.facebook.com/docs/instagram-platform/…/ig-user/mentioned_comment and …/mentioned_media (checked 2026-11-22).
import { type PageGraph, step } from '../meta/page-graph.ts'
import { type JsonObject, objectOf } from '../meta/shape.ts'
import { MENTIONED_MEDIA } from './media.ts'

/** Who wrote it is not among the fields that Instagram gives. */
export function commentAt(graph: PageGraph, us: string, commentId: string): Promise<JsonObject> {
  return fieldOf(graph, us, 'mentioned_comment', `comment_id(${commentId})`, 'id,text,timestamp')
}

export function captionAt(
  graph: PageGraph,
  us: string,
  mediaId: string,
  fields = `id,caption,timestamp,username,${MENTIONED_MEDIA}`,
): Promise<JsonObject> {
  return fieldOf(graph, us, 'mentioned_media', `media_id(${mediaId})`, fields)
}

async function fieldOf(graph: PageGraph, us: string, name: string, which: string, fields: string): Promise<JsonObject> {
  const { body, answeredAt } = await graph.get(step(us), { fields: `${name}.${which}{${fields}}` })
  return { ...objectOf(body[name], name), answeredAt }
}
