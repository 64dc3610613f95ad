/**
 * A cookie of ours: `__Host-` where auth speaks TLS, so that no other origin can set it; a plain name on a
 * developer's machine, where there is none. Only ever sent to this host, never to scripts, not from other sites' forms.
 */
export class OwnCookie {
  private readonly name: string;
  private readonly attributes: string;

  private readonly seconds: number;

  /**
   * @param origin where people meet auth
   * @param seconds for which it is kept
   */
  constructor(origin: string, name: string, seconds: number) {
    const secure = origin.startsWith('https:');
    this.name = secure ? `__Host-${name}` : name;
    this.attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
    this.seconds = seconds;
  }

  /** Null also for several of one name: somebody else has set one of them. */
  read(header: string | undefined): string | null {
    const found = (header ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.name}=`));
    return found.length === 1 ? found[0]!.slice(this.name.length + 1) : null;
  }

  set(value: string): string {
    return `${this.name}=${value}; ${this.attributes}; Max-Age=${this.seconds}`;
  }

  clear(): string {
    return `${this.name}=; ${this.attributes}; Max-Age=0`;
  }
}
