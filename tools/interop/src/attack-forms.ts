import type { ClientErrorCode } from '@rind/client';
import type { RepositorySimulator, SimulatorOptions } from '@rind/testkit';
import type { Misbehaviour } from './attack-server.ts';

/** What our own client says of a lie: the code, the role whose document was at hand, and the step that refused. */
export interface RindRefusal {
  readonly code: ClientErrorCode | 'fetch.slow';
  /** `bin` stands for the bin of the wanted page. */
  readonly role: 'root' | 'timestamp' | 'snapshot' | 'targets' | 'bins' | 'bin';
  readonly spec: string;
}

/**
 * What python-tuf does with the lie: the class of its refusal; or why it believes it, and how it ends then (4: it
 * finds nothing of the wanted names); or why there is nothing to try.
 */
export type PythonTufRefusal =
  | { readonly refuses: string }
  | { readonly accepts: string; readonly exitCode: 0 | 4 }
  | { readonly cannot: string };

/** A server that can be made to answer badly. */
export interface Misbehaving {
  misbehave(path: string, how: Misbehaviour): void;
}

/**
 * An attack on a repository whose keys are at hand. The client has seen the honest repository before; after the lie
 * it is made honest again, and the same client, with the same cache, must go on.
 */
export interface RepositoryAttack {
  readonly name: string;
  /** Who can do it: one who stands between client and repository, or one who holds keys, too. */
  readonly by: string;
  readonly options?: Omit<SimulatorOptions, 'clock'>;
  /** Makes the honest repository what the attack needs, before anybody has seen it. */
  prepare?(repository: RepositorySimulator): void;
  act(repository: RepositorySimulator, server: Misbehaving): void;
  /** The lie, below the server's root: the client must have asked for it. */
  lie(repository: RepositorySimulator): string;
  /** An honest publication that nobody lies about. */
  heal(repository: RepositorySimulator): void;
  readonly rind: RindRefusal;
  readonly pythonTuf: PythonTufRefusal;
}
