// What it costs, said before it is sent: one line that is drawn by the server and kept fresh while someone types.
import { capWords, type Price } from '../../responders/price.ts'

export function PriceLine({ price, id }: { price: Price | null; id: string }) {
  const said = price ? priceSaid(price) : null
  return (
    <p class="price" id={id} role="status" data-for={id === 'composer-price' ? 'reply' : undefined}>
      {said ? (
        <>
          <span>{said.words}</span> {said.cap ? <strong>{said.cap}</strong> : null}
        </>
      ) : null}
    </p>
  )
}

/** As the page's script is told it. */
export function priceSaid({ words, spend }: Price): { words: string; cap: string | null } {
  return { words, cap: spend && capWords(spend) }
}
