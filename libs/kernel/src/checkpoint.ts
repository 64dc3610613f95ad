/**
 * A named point of a process at which a test may kill or stop it (docs/reference/development.md).
 * In production the function does nothing.
 */
export type Checkpoint = (point: string) => void;

export const noCheckpoint: Checkpoint = () => {};
