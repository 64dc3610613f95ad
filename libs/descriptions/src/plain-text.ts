const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text as it stands, in one `<pre>`. */
export function renderPlainText(text: string): string {
  return `<pre>${text.replace(/[&<>"]/g, (char) => ENTITIES[char]!)}</pre>`;
}
