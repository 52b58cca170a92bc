// Facebook Pages among Meta's products: its names, and what its webhooks shall tell.
import type { Product } from '../meta/product.ts'

export const product: Product = {
  name: 'Facebook',
  chat: 'Messenger',
  conversations: 'messenger',
  webhook: { object: 'page', fields: 'feed,mention,messages,messaging_postbacks,message_echoes,message_edits' },
  stranger: 'facebook-user',
  us: 'Our page',
}
