import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { local } from '../../../cli/src/local/command';
import { exampleNamed, synthesize } from '../../../cli/src/local/example';
import { DataFolder } from '../../../cli/src/local/data-folder';
import { linesOf } from '../../../cli/src/local/events';
import { runProgram } from '../../../cli/src/program';
import { temporaryFolder } from './support';

const folder = temporaryFolder();

/** An assembly of one stack with these resources, which nothing is started of. */
function assembly(Resources: object): string {
  const directory = join(folder, 'cdk.out');
  const manifest = {
    artifacts: { Api: { type: 'aws:cloudformation:stack', environment: 'aws://1/x', properties: { templateFile: 't.json' } } },
  };
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(directory, 't.json'), JSON.stringify({ Resources }));
  return directory;
}

async function run(words: readonly string[], environment: { readonly [name: string]: string } = {}) {
  const [out, err]: string[][] = [[], []];
  const code = await runProgram(['local', ...words], {
    commands: [local],
    directory: folder,
    environment,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
  });
  return { code, out, err };
}

const container = { Name: 'app', Image: 'registry.example.com/api:1' };
const service = (task: object) => ({
  Service: { Type: 'AWS::ECS::Service', Metadata: { 'aws:cdk:path': 'Api/Service' }, Properties: { TaskDefinition: { Ref: 'Task' } } },
  Task: { Type: 'AWS::ECS::TaskDefinition', ...task },
});

describe('misuse', () => {
  beforeAll(() => void assembly({}));

  test.each([
    ['--port', 'http', 'port must be a whole number from 0 to 65535, got http; give it by --port or PORT'],
    ['--port', '65536', 'port must be a whole number from 0 to 65535, got 65536; give it by --port or PORT'],
    ['--env', 'none.env', '--env must be a file, got none.env; it is not there'],
  ])('%s %s exits 2', async (flag, value, message) => {
    expect(await run([flag, value])).toEqual({ code: 2, out: [], err: [`plinth local: ${message}`] });
  });

  test('a line of --env that is none is named, without what it holds', async () => {
    writeFileSync(join(folder, 'app.env'), '# comment\n\nGOOD=1\nsecret text\n');

    expect(await run(['--env', 'app.env'])).toMatchObject({
      code: 2,
      err: ['plinth local: app.env:4 must be NAME=VALUE, got something else; correct the line'],
    });
  });

  test('PORT that is no port exits 2', async () => {
    expect(await run([], { PORT: 'x' })).toMatchObject({ code: 2 });
  });
});

describe('an example', () => {
  test('that there is none of exits 2 with those there are', async () => {
    expect(await run(['--example', 'ai-assistant'])).toEqual({
      code: 2,
      out: [],
      err: ['plinth local: --example must be one of recommendation-api, contextual-platform, got ai-assistant; name one of them'],
    });
  });

  test('of a packed command says where the examples are', () => {
    const packed = join(folder, 'node_modules', 'plinth-cli', 'dist');

    expect(() => exampleNamed('contextual-platform', packed)).toThrow(
      'plinth local: --example must be run by the plinth of the repository, got a packed one, which has no examples; clone and build the repository, or give the ASSEMBLY of an app of your own',
    );
  });

  test('of a repository that is not built says how to build it', () => {
    const root = join(folder, 'unbuilt');
    for (const file of ['bin/platform.ts', 'examples/contextual-platform/app.ts']) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), '');
    }

    expect(() => exampleNamed('recommendation-api', join(root, 'cli', 'dist'))).toThrow(
      `plinth local: --example recommendation-api must be built before it runs, found no ${join(root, 'dist', 'bin', 'platform.js')}; run \`npm run build\` in the repository`,
    );
  });

  test('whose app fails exits 1 with what it said', async () => {
    const app = join(folder, 'broken.js');
    writeFileSync(join(folder, 'cdk.json'), '{}');
    writeFileSync(app, 'throw new Error("a fault of the app")');
    const synthesis = synthesize({ name: 'broken', root: folder, app }, join(folder, 'out'), new AbortController().signal);

    await expect(synthesis).rejects.toThrow(/^example broken must synthesize, got exit code 1; mend what it says:\n[^]*a fault of the app/);
  });
});

test.each([
  ['no service', {}, 'stage app: the assembly must hold an ECS service to run, found none; add an ApiService'],
  [
    'an image of a registry',
    service({ Properties: { ContainerDefinitions: [container] } }),
    "Api/Service: the app's image must be made from a folder to run here, got registry.example.com/api:1; use ServiceImage.fromFolder() with a command",
  ],
  [
    'no command',
    service({ Properties: { ContainerDefinitions: [container] }, Metadata: { 'plinth:local': { command: [], cwd: '.', port: 8080 } } }),
    'Api/Service: the command that starts the app must be known, got none; give ServiceImage.fromFolder() its command',
  ],
  [
    "a gateway's image of a registry",
    service({
      Properties: {
        ContainerDefinitions: [
          container,
          { Name: 'gateway', Image: 'x/gateway:1', Environment: [{ Name: 'PLINTH_GATEWAY', Value: '{}' }] },
        ],
      },
    }),
    "Api/Service: the gateway's image must be in the assembly, got x/gateway:1; synthesize with GatewayImage.fromAsset() to run it here",
  ],
  [
    'no load balancer',
    service({ Properties: { ContainerDefinitions: [container] }, Metadata: { 'plinth:local': { command: ['x'], cwd: '.', port: 8080 } } }),
    'stage app: the assembly must hold a load balancer with a listener, found none; add an ApiService',
  ],
])('an assembly with %s exits 1 and says what to change', async (_name, resources, message) => {
  const directory = assembly(resources);

  expect(await run([directory, '--port', '0'])).toEqual({ code: 1, out: [`failed: ${message}`], err: [] });
});

describe('a folder of data', () => {
  test('is taken by one run at a time', () => {
    const path = join(folder, 'data');
    new DataFolder(path).take();

    expect(() => new DataFolder(path).take()).toThrow(
      `plinth local: --data must be a folder that no other run uses, got ${path}, in use by process ${process.pid}; end that first`,
    );
  });

  test('is free again after a run, even one that was killed', () => {
    const path = join(folder, 'killed');
    const data = new DataFolder(path);
    data.take();
    data.release();
    data.take();
    // No process has the highest number there is.
    writeFileSync(join(path, 'in-use-by'), String(2 ** 31 - 1));

    expect(() => new DataFolder(path).take()).not.toThrow();
  });
});

test('tells each thing in lines of its own', () => {
  const ready = { event: 'ready', url: 'http://127.0.0.1:8080', ask: ['/api/a', '/api/b'], startedInMs: 3 } as const;
  const absences = [
    { type: 'AWS::S3::Bucket', count: 2 },
    { type: 'AWS::WAFv2::WebACL', count: 1 },
  ];

  expect(linesOf(ready)).toEqual([
    'ready: http://127.0.0.1:8080',
    '  curl -s http://127.0.0.1:8080/api/a',
    '  curl -s http://127.0.0.1:8080/api/b',
  ]);
  expect(linesOf({ ...ready, ask: ['/api/a'], key: 'local' })[1]).toBe("  curl -s http://127.0.0.1:8080/api/a -H 'x-api-key: local'");
  expect(linesOf({ event: 'absent', absences })).toEqual(['nothing local stands for', '  AWS::S3::Bucket    2', '  AWS::WAFv2::WebACL 1']);
  expect(linesOf({ event: 'log', container: 'app', line: '{"a":1}' })).toEqual(['app       | {"a":1}']);
});

test('says that the command must be built when it is not', () => {
  const bin = join(folder, 'cli', 'bin');
  mkdirSync(bin, { recursive: true });
  copyFileSync('cli/bin/plinth.js', join(bin, 'plinth.js'));
  let told = { status: 0, stderr: '' };
  try {
    execFileSync(process.execPath, [join(bin, 'plinth.js')], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    told = error as typeof told;
  }

  expect(told.status).toBe(2);
  expect(told.stderr).toBe(
    `plinth: the command must be built before it runs, found no ${join(folder, 'cli', 'dist', 'plinth.js')}; run \`npm run build\` in the repository\n`,
  );
});
