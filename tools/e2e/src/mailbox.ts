/** The link of the newest mail with that subject, which may come a moment later. @param mail the development mailbox */
export async function linkFrom(mail: string, to: string, subject: string): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const answer = await fetch(`${mail}/messages?to=${encodeURIComponent(to)}`);
    const mails = (await answer.json()) as { readonly subject: string; readonly text: string }[];
    const text = mails.find((each) => each.subject === subject)?.text ?? '';
    const link = /^https?:\/\/\S+$/m.exec(text)?.[0];
    if (link !== undefined) return link;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail “${subject}” came to ${to}`);
}
