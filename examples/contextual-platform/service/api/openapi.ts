import { openApiDocument } from '../../../shared/api/openapi';
import { COMPONENTS } from './components';
import { OPERATIONS } from './operations';

const DESCRIPTION = `Processes documents and keeps what was found in them.

A collection is made by its first document. Whoever asks sees the documents of his own tenant only: another's are 404. Every problem is
\`application/problem+json\` (RFC 9457). Beside what stands at each route: an unknown path is 404, another method 405 with \`Allow\`. GET routes
answer HEAD. Every answer has \`x-request-id\`. Jobs are read at \`/v1/jobs/{id}\`, which the platform serves.`;

/** The OpenAPI 3.1 document of the service. */
export function openApi(): object {
  return openApiDocument({
    title: 'Contextual platform',
    description: DESCRIPTION,
    operations: OPERATIONS,
    components: COMPONENTS,
    securitySchemes: {
      key: { type: 'http', scheme: 'bearer', description: 'An API key, which the gateway checks; `x-api-key` takes it too.' },
    },
  });
}
