import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMain } from '../../shared/service/main';
import { openApi } from './api/openapi';
import type { Category } from './category';
import { compose } from './compose';
import { Service } from './service';

runMain({
  name: 'recommendation-api',
  document: openApi,
  service: (logger) => {
    const file = JSON.parse(readFileSync(join(__dirname, 'categories.json'), 'utf8')) as Category[];
    return new Service(compose(process.env, file, logger));
  },
});
