// Instagram among Meta's products: its names, and what its webhooks shall tell.
import type { Product } from '../meta/product.ts'

export const product: Product = {
  name: 'Instagram',
  chat: 'Instagram Direct',
  conversations: 'instagram',
  // Echoes come with `messages` here, and edits are not told: developers.facebook.com/docs/messenger-platform/reference/webhook-events (checked 2026-11-22).
  webhook: { object: 'instagram', fields: 'comments,live_comments,mentions,messages,messaging_postbacks' },
  stranger: 'instagram-user',
  us: 'Our account',
}
