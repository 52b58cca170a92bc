// Invented people who write to the simulated platforms; nobody here exists.

export interface Person {
  name: string
  handle: string
  followers: number
}

export const people: readonly Person[] = [
  { name: 'Mara Quillon', handle: 'maraquillon', followers: 212 },
  { name: 'Tobin Ashgrove', handle: 'tobin_ashgrove', followers: 88 },
  { name: 'Ines Valdoro', handle: 'ines_valdoro', followers: 431 },
  { name: 'Jorun Haldvik', handle: 'jorunhaldvik', followers: 57 },
  { name: 'Pia Wetterlin', handle: 'pia_wetterlin', followers: 129 },
  { name: 'Desmond Okarile', handle: 'desokarile', followers: 1904 },
  { name: 'Yuki Tanemori', handle: 'yuki_tanemori', followers: 340 },
  { name: 'Rafferty Blume', handle: 'raffblume', followers: 23 },
  { name: 'Solveig Marnes', handle: 'solveigmarnes', followers: 76 },
  { name: 'Callum Threddle', handle: 'cthreddle', followers: 15 },
  { name: 'Amadou Senkari', handle: 'amadou_senkari', followers: 640 },
  { name: 'Lucía Bermejal', handle: 'luciabermejal', followers: 251 },
  { name: 'Henning Drosselmann', handle: 'h_drosselmann', followers: 112 },
  { name: 'Odile Farcenne', handle: 'odilefarcenne', followers: 94 },
  { name: 'Bertrand Sauvelle', handle: 'b_sauvelle', followers: 38 },
  { name: 'Priya Navendra', handle: 'priyanavendra', followers: 512 },
  { name: 'Kit Farrowby', handle: 'kitfarrowby', followers: 8 },
  { name: 'Zelda Morwen', handle: 'zeldamorwen', followers: 3120 },
  { name: 'Otis Penhallam', handle: 'otispenhallam', followers: 66 },
  { name: 'Nadia Crosswick', handle: 'nadiacrosswick', followers: 187 },
  { name: 'Gwil Tamsett', handle: 'gwiltamsett', followers: 41 },
  { name: 'Freya Lindqvane', handle: 'freyalindqvane', followers: 275 },
  { name: 'Emeka Uzorah', handle: 'emekauzorah', followers: 820 },
  { name: 'Dorrit Vanterpool', handle: 'dorritvp', followers: 19 },
  { name: 'Jasper Holmquay', handle: 'jholmquay', followers: 133 },
  { name: 'Aylin Sertoğlan', handle: 'aylinsertoglan', followers: 402 },
  { name: 'Marek Wolniczak', handle: 'mwolniczak', followers: 51 },
  { name: 'Tamsin Oakhurstle', handle: 'tamsinoak', followers: 97 },
  { name: 'Bo Ekstrandal', handle: 'boekstrandal', followers: 12 },
  { name: 'Viola Castremi', handle: 'violacastremi', followers: 228 },
  { name: 'Growth Wizard Pro', handle: 'growthwiz_4411', followers: 14021 },
  { name: 'Telecom Weekly Digest', handle: 'telcodigest_', followers: 22410 },
]

/** A handle X would take, for a name somebody typed. */
export function handleFor(nameOrHandle: string): { handle: string; name: string } {
  const typed = nameOrHandle.trim()
  const known = people.find(
    person => person.name.toLowerCase() === typed.toLowerCase() || person.handle === typed.replace(/^@/, '').toLowerCase(),
  )
  if (known) return { handle: known.handle, name: known.name }
  const plain = typed
    .replace(/^@/, '')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
  const handle = plain
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 15)
  return { handle: handle || 'someone', name: typed.replace(/^@/, '') || 'Someone' }
}
