import { openApiDocument } from '../../../shared/api/openapi';
import { COMPONENTS } from './components';
import { OPERATIONS } from './operations';

const DESCRIPTION = `Finds award categories that suit a text.

Every problem is \`application/problem+json\` (RFC 9457). Beside what stands at each route: an unknown path is 404, another method 405 with
\`Allow\`. GET routes answer HEAD. Every answer has \`x-request-id\`.`;

/** The OpenAPI 3.1 document of the service. */
export function openApi(): object {
  return openApiDocument({
    title: 'Recommendation API',
    description: DESCRIPTION,
    operations: OPERATIONS,
    components: COMPONENTS,
    securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-session' } },
  });
}
