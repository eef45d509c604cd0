import { runMain } from '../../shared/service/main';
import { openApi } from './api/openapi';
import { compose } from './compose';
import { Service } from './service';

runMain({
  name: 'contextual-platform',
  document: openApi,
  service: (logger) => new Service(compose(process.env, logger)),
});
