// The demo's story, line by line: who says what to Larkspan, an invented internet and mobile company, and when.

interface Line {
  /** Minutes before the start; none: it comes later, one line after the other. */
  ago?: number
  /** By which later lines name it. */
  key?: string
  /** Which line it answers. */
  to?: string
  text: string
}
/** `from` is a name of people.ts, or `brand`: somebody of Larkspan in the platform's own app. */
export type DemoLine = Line & { from: string } & (
    | { on: 'x' }
    | { on: 'x message' }
    | { on: 'facebook post' }
    | { on: 'facebook comment' }
    | { on: 'messenger' }
    | { on: 'facebook elsewhere' }
  )

export const brand = {
  handle: 'larkspan',
  name: 'Larkspan',
  bio: 'Fibre and mobile for towns between the big ones. Support every day 7 to 22. An invented company.',
  followers: 48_210,
}

export const demoLines: readonly DemoLine[] = [
  // What stands there when the curtain opens.
  {
    on: 'x',
    from: 'brand',
    ago: 410,
    key: 'x-launch',
    text: 'Our fibre reaches Nether Wallow and Osterby this week. 2,300 more homes, no digging up of begonias. 🌱',
  },
  {
    on: 'facebook post',
    from: 'brand',
    ago: 400,
    key: 'fb-launch',
    text: 'Nether Wallow, Osterby: fibre is here! Tell us in the comments how your first evening with it went.',
  },
  {
    on: 'x',
    from: 'Jorun Haldvik',
    ago: 352,
    key: 'jorun',
    text: '@larkspan how do I put the new router into bridge mode? The menu your guide shows is not there on the LS-40.',
  },
  {
    on: 'x',
    from: 'brand',
    ago: 330,
    to: 'jorun',
    key: 'jorun-answer',
    text: 'Hi Jorun! On the LS-40 it moved to Network > Advanced > Operating mode. Does it show up there for you? ^AN',
  },
  {
    on: 'x',
    from: 'Jorun Haldvik',
    ago: 318,
    to: 'jorun-answer',
    text: '@larkspan it does, found it. but now the TV box gets no address. do I have to register it somewhere?',
  },
  {
    on: 'facebook comment',
    from: 'Solveig Marnes',
    ago: 301,
    to: 'fb-launch',
    text: 'First evening: three films, two teenagers on games, zero complaints. I did not know that was possible.',
  },
  {
    on: 'facebook comment',
    from: 'Gwil Tamsett',
    ago: 288,
    to: 'fb-launch',
    key: 'gwil',
    text: 'Any idea when Lower Pendry gets it? The box at the corner has been finished since spring.',
  },
  {
    on: 'x',
    from: 'Telecom Weekly Digest',
    ago: 275,
    text: 'Regional carriers to watch this year: @larkspan, fibre builder with 190k lines, plans to double by 2028. Full ranking in our newsletter.',
  },
  {
    on: 'x',
    from: 'Growth Wizard Pro',
    ago: 251,
    text: '@larkspan 🚀🚀 GET 10,000 REAL FOLLOWERS in 24h!!! DM us now, first 500 FREE 👉 https://growth-wiz.example.com/deal',
  },
  {
    on: 'x message',
    from: 'Priya Navendra',
    ago: 233,
    text: 'Hello, I moved on the 3rd and my contract still shows the old address. My customer number is 88-204-117. Can you change it before the next bill goes out?',
  },
  {
    on: 'facebook post',
    from: 'Dorrit Vanterpool',
    ago: 214,
    text: 'I was charged twice this month, 39.90 on the 2nd and again on the 4th. Who do I talk to? The phone line puts me back to the start every time.',
  },
  {
    on: 'x',
    from: 'Zelda Morwen',
    ago: 190,
    key: 'zelda',
    text: 'Honestly impressed by @larkspan. The technician came on a Sunday, wore shoe covers and explained every cable to my mum. Give that man a raise.',
  },
  {
    on: 'x',
    from: 'Lucía Bermejal',
    ago: 171,
    text: '@larkspan llevo dos semanas esperando al técnico y nadie me llama. ¿Me pueden decir qué día vienen, por favor?',
  },
  {
    on: 'messenger',
    from: 'Otis Penhallam',
    ago: 160,
    key: 'otis',
    text: 'Morning. Can I keep my number if I switch from pay as you go to the family plan?',
  },
  {
    on: 'messenger',
    from: 'brand',
    ago: 152,
    to: 'otis',
    text: 'Morning Otis! Yes, the number stays. It takes one night, and you keep your balance. Shall I send you the form? ^AN',
  },
  { on: 'messenger', from: 'Otis Penhallam', ago: 149, to: 'otis', text: 'Perfect, yes please send it.' },
  {
    on: 'x',
    from: 'Callum Threddle',
    ago: 128,
    text: 'Oh brilliant, @larkspan, thank you SO much for the "planned maintenance" in the middle of my job interview. Really made an impression.',
  },
  {
    on: 'x',
    from: 'Freya Lindqvane',
    ago: 117,
    text: '@larkspan This is the third time I report this. The third time! Every evening at eight the line drops for an hour and every time I am told it is "being looked at". I want a date or I want out of the contract.',
  },
  {
    on: 'facebook comment',
    from: 'Henning Drosselmann',
    ago: 96,
    to: 'fb-launch',
    text: 'Seit gestern Abend kein Internet in Osterby, Router blinkt rot. Neustart hilft nicht. Ist da eine Störung bekannt?',
  },
  {
    on: 'x',
    from: 'Amadou Senkari',
    ago: 83,
    text: '@larkspan someone called me saying they were from your security team and asked for the code I just got by text. I gave it to them and now I am locked out of my account. Please help, this is urgent',
  },
  {
    on: 'x',
    from: 'Kit Farrowby',
    ago: 71,
    text: 'does anybody on larkspan know if the gym on Mill Street is open on bank holidays',
  },
  {
    on: 'x',
    from: 'Odile Farcenne',
    ago: 58,
    text: "@larkspan bonjour, j'ai reçu une facture de 129 € alors que mon forfait est à 29 €. Je ne comprends pas, pouvez-vous m'expliquer ?",
  },
  {
    on: 'facebook elsewhere',
    from: 'Tamsin Oakhurstle',
    ago: 44,
    text: 'Day 5 without a landline for my 84-year-old dad. @larkspan says "within ten working days". He has an alarm button on that line. Does nobody there have parents?',
  },
  {
    on: 'x',
    from: 'Desmond Okarile',
    ago: 31,
    text: '@larkspan is the price lock still valid if I change to the 500 plan, or does the two-year term start again?',
  },
  {
    on: 'x',
    from: 'Mara Quillon',
    ago: 12,
    key: 'mara',
    text: '@larkspan is something down in Nether Wallow? No internet, no phone since about ten minutes. The app says everything is fine.',
  },
  {
    on: 'x',
    from: 'Tobin Ashgrove',
    ago: 9,
    text: 'Whole street in Nether Wallow has no @larkspan. Neighbours too. What is going on?',
  },

  // What comes while somebody watches.
  {
    on: 'x',
    from: 'Ines Valdoro',
    text: '@larkspan total outage here in Osterby, router light is red and I have a class of 30 to teach online in twenty minutes 😩',
  },
  {
    on: 'facebook comment',
    from: 'Bo Ekstrandal',
    to: 'fb-launch',
    text: 'Down again in Nether Wallow?? Nothing works since this morning.',
  },
  {
    on: 'x',
    from: 'Pia Wetterlin',
    to: 'mara',
    text: '@maraquillon @larkspan same here on Tanner Lane, everything is dead',
  },
  {
    on: 'messenger',
    from: 'Viola Castremi',
    text: 'Hi, my payment bounced because my bank card was replaced. I do not want to lose the line. How do I enter the new card?',
  },
  { on: 'x', from: 'Rafferty Blume', text: '@larkspan thanks!' },
  {
    on: 'x',
    from: 'Emeka Uzorah',
    text: '@larkspan your outage map is green while half the county is offline. Posting this for my 800 followers and the local paper: at least be honest about it.',
  },
  {
    on: 'x message',
    from: 'Amadou Senkari',
    text: 'I wrote in public already. They changed the e-mail on my account. Here is what I still know: the account is on my name, opened in March. What else do you need?',
  },
  {
    on: 'facebook post',
    from: 'Marek Wolniczak',
    text: 'Do you plan to support eSIM on smart watches this year? Would switch the whole family.',
  },
  {
    on: 'x',
    from: 'Yuki Tanemori',
    text: '@larkspan the new app update logs me out every single time I open it. Android 15, app version 7.2. Reinstalled twice, no luck.',
  },
  {
    on: 'x',
    from: 'Nadia Crosswick',
    to: 'zelda',
    text: '@zeldamorwen @larkspan was that the one with the red beard? He fixed ours in January. An absolute gem.',
  },
  {
    on: 'messenger',
    from: 'Aylin Sertoğlan',
    text: 'Merhaba, I ordered the second SIM card nine days ago and the tracking has not moved. Order LS-55210. Could you check where it is?',
  },
  { on: 'facebook comment', from: 'Gwil Tamsett', to: 'gwil', text: 'Hello? Anybody there? I asked this morning.' },
  {
    on: 'x',
    from: 'Jasper Holmquay',
    text: '@larkspan so now you throttle us after 300 GB on an "unlimited" plan? Where exactly does it say that?',
  },
  {
    on: 'x',
    from: 'Growth Wizard Pro',
    text: '@larkspan @maraquillon CRYPTO GIVEAWAY 💰 double your coins today, link in bio, only 50 spots left!!!',
  },
  {
    on: 'facebook post',
    from: 'Bertrand Sauvelle',
    text: 'Merci à votre équipe, problème réglé en dix minutes au téléphone. Très aimable.',
  },
  {
    on: 'x',
    from: 'Mara Quillon',
    to: 'mara',
    text: '@larkspan back for two minutes, then gone again. Is anyone looking at this?',
  },
]
