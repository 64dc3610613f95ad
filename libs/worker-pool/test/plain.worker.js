import { RindError } from '@rind/kernel';
import { moved, workerTasks } from '@rind/worker-pool';

export default workerTasks({
  echo: (bytes) => moved(bytes, [bytes]),
  refuse() {
    throw new RindError('sample.refused', 'refused', {});
  },
});
