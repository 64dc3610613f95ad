import { StandardSchemaValidationPipe } from '@nestjs/common';
import { KitError } from './errors.ts';

/** Checks bodies and parameters that were declared with a schema: `@Body({ schema })`. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => {
      const problems = issues.slice(0, 20).map((issue) => {
        const path = (issue.path ?? [])
          .map((step) => String(typeof step === 'object' ? step.key : step))
          .join('.');
        return path === '' ? issue.message : `${path}: ${issue.message}`;
      });
      return new KitError('request.malformed', 'the request is not what this route takes', { problems });
    },
  });
}
