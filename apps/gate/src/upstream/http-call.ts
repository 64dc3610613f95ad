import { open } from 'node:fs/promises';
import { request as httpRequest, Agent } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { currentRequestId } from '@rind/nest-kit';

/** A call to another process of the index. */
export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Shared secret; never in an error. */
  readonly secret: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /**
   * Sent after `body`; its length is part of the Content-Length in `headers`.
   * `stallMs`: the longest time in which none of it is taken, and then until the answer, whatever signs of life come.
   */
  readonly file?: { readonly path: string; readonly stallMs: number };
  /**
   * The longest silence of the other side, in milliseconds; a 1xx answer ends a silence. Without a `file` the bound
   * is on the whole call: it also counts the wait for a connection, which others may hold while nobody answers them.
   */
  readonly idleMs: number;
  /**
   * `fresh` opens a connection for this call alone, so that a kept-alive one closed by the other side cannot make
   * the outcome unknown; `kept` is for calls that may be repeated.
   */
  readonly connection: 'fresh' | 'kept';
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** What `idleMs` and `stallMs` of one call have left. A socket's own time-out counts what lies in buffers as activity. */
class Patience {
  private readonly idle: NodeJS.Timeout;
  private readonly stall: NodeJS.Timeout | undefined;

  constructor({ idleMs, file }: HttpCall, over: () => void) {
    this.idle = setTimeout(over, idleMs);
    this.stall = file === undefined ? undefined : setTimeout(over, file.stallMs);
  }

  /** A sign of life. */
  heard(): void {
    if (this.stall !== undefined) this.idle.refresh();
  }

  /** The other side took a piece of the file. */
  progressed(): void {
    this.heard();
    this.stall?.refresh();
  }

  end(): void {
    clearTimeout(this.idle);
    clearTimeout(this.stall);
  }
}

/** The other side took the connection and then said nothing: asking it again at once is in vain. */
export class SilenceError extends Error {
  constructor() {
    super('the other side fell silent');
  }
}

const maxAnswerBytes = 262_144;
const fileChunkBytes = 262_144;
const keptAlive = new Agent({ keepAlive: true, maxSockets: 64 });

/**
 * Sends a request and reads the answer, which may come while the body is still being sent.
 * Rejects with the socket's error when there is no whole answer: the outcome is unknown then.
 */
export async function call(options: HttpCall): Promise<HttpAnswer> {
  try {
    return await send(options);
  } catch (error) {
    const again = options.connection === 'kept' && options.file === undefined;
    if (again && (error as NodeJS.ErrnoException).code === 'ECONNRESET') return send(options);
    throw error;
  }
}

function send(options: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { body, file } = options;
    const secure = options.url.startsWith('https:');
    const request = (secure ? httpsRequest : httpRequest)(options.url, {
      method: options.method,
      ...(options.connection === 'kept' && !secure ? { agent: keptAlive } : { agent: false }),
      headers: {
        Authorization: `Bearer ${options.secret}`,
        Accept: 'application/json',
        ...requestIdHeader(),
        ...(body !== undefined && file === undefined ? { 'Content-Length': String(body.length) } : {}),
        ...options.headers,
      },
    });
    const patience = new Patience(options, () => fail(new SilenceError()));
    const fail = (error: Error) => {
      patience.end();
      request.destroy();
      reject(error);
    };
    request.on('information', () => patience.heard());
    let answering = false;
    request.on('response', (response) => {
      answering = true;
      readAnswer(response).then(finish, fail);
    });
    const finish = (answer: HttpAnswer) => {
      patience.end();
      if (!request.writableEnded) request.destroy();
      resolve(answer);
    };
    // An answer that arrives before the body was sent ends in a broken pipe here; the answer counts.
    request.on('error', (error) => {
      if (!answering) fail(error);
    });
    if (body !== undefined) request.write(body);
    if (file === undefined) request.end();
    else {
      sendFile(file.path, request, () => patience.progressed()).catch((error: Error) => {
        if (!answering) fail(error);
      });
    }
  });
}

/** One buffer for the whole file, refilled when the kernel has taken it: streams would make a new one per piece. */
async function sendFile(path: string, request: ClientRequest, progressed: () => void): Promise<void> {
  const source = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(fileChunkBytes);
    for (;;) {
      const { bytesRead } = await source.read(buffer);
      if (bytesRead === 0) break;
      progressed();
      await new Promise<void>((resolve, reject) => {
        request.write(buffer.subarray(0, bytesRead), (error) => (error ? reject(error) : resolve()));
      });
    }
    request.end();
  } finally {
    await source.close();
  }
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxAnswerBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

/** The other process's log names the same request. */
function requestIdHeader(): Record<string, string> {
  const id = currentRequestId();
  return id === undefined ? {} : { 'X-Request-Id': id };
}
