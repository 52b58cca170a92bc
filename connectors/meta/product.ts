// What one of Meta's products is called, where all the rest is the same.

export interface Product {
  /** As a rep reads it: `Facebook`. */
  name: string
  /** Where customers write to us in private: `Messenger`. */
  chat: string
  /** The same, as the conversations' list is asked for it. */
  conversations: 'messenger' | 'instagram'
  /** What Meta's webhooks are about, and what we want to hear. */
  webhook: { object: 'page' | 'instagram'; fields: string }
  /** Before the last digits of a person's id whom nobody named. */
  stranger: string
  /** Who wrote our own words, where Meta does not say. */
  us: string
}
