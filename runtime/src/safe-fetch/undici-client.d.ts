// Less than half of the package: its index brings fetch, mocks, caches and web sockets along.
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  export = Client;
}
