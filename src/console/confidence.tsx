const sure = 0.8;
const doubtful = 0.5;

/** How sure an extractor is, as a number and a bar. */
export function Confidence({ value }: { readonly value: number }) {
  const percent = Math.round(value * 100);
  const tone = value >= sure ? 'good' : value >= doubtful ? 'warn' : 'bad';
  return (
    <span class={`confidence tone-${tone}`}>
      <span class="confidence-bar" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
      {percent} % sure
    </span>
  );
}
