import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

/**
 * How the container of an image is talked to.
 *
 * @example
 * import { ServiceImage, type ServiceImageOptions } from 'plinth';
 *
 * const options: ServiceImageOptions = { port: 3000 };
 * const image = ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2', options);
 */
export interface ServiceImageOptions {
  /**
   * The TCP port the app listens on, 1024 to 65535: it runs without root. Told to it as the environment variable PORT.
   * @default 8080
   */
  readonly port?: number;
}

/**
 * How a source folder is run without a container, on a laptop.
 *
 * @example
 * import { ServiceImage, type ServiceFolderOptions } from 'plinth';
 *
 * const options: ServiceFolderOptions = { port: 8080, command: ['node', 'server.js'] };
 * const image = ServiceImage.fromFolder('dist/examples/recommendation-api', options);
 */
export interface ServiceFolderOptions extends ServiceImageOptions {
  /**
   * The command that starts the app in the folder.
   * @default - none: the local run asks for it
   */
  readonly command?: string[];
}

/**
 * The image that holds the API; ARM64.
 *
 * @example
 * import { ServiceImage } from 'plinth';
 *
 * const image = ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2', { port: 3000 });
 */
export class ServiceImage {
  /** An image of a registry that needs no credentials. */
  static fromRegistry(name: string, options: ServiceImageOptions = {}): ServiceImage {
    return new ServiceImage(() => ecs.ContainerImage.fromRegistry(name), options);
  }

  /** An image of an ECR repository, by tag or by `sha256:` digest. */
  static fromEcrRepository(repository: ecr.IRepository, tagOrDigest: string, options: ServiceImageOptions = {}): ServiceImage {
    return new ServiceImage(() => ecs.ContainerImage.fromEcrRepository(repository, tagOrDigest), options);
  }

  /**
   * Built from a folder with a Dockerfile. Synthesis needs no Docker; `cdk deploy` needs Docker or finch.
   * @param directory the folder; relative to the folder that the app is synthesized in
   */
  static fromFolder(directory: string, options: ServiceFolderOptions = {}): ServiceImage {
    if (!existsSync(join(directory, 'Dockerfile'))) {
      throw new Error(`ServiceImage: directory must hold a Dockerfile, got ${directory}; add one or name another folder`);
    }
    const bind = (scope: Construct) =>
      ecs.ContainerImage.fromDockerImageAsset(new DockerImageAsset(scope, 'Image', { directory, platform: Platform.LINUX_ARM64 }));
    return new ServiceImage(bind, options, { command: options.command ?? [], cwd: relative(process.cwd(), directory) || '.' });
  }

  /** The port the app listens on. */
  readonly port: number;

  private constructor(
    private readonly bind: (scope: Construct) => ecs.ContainerImage,
    options: ServiceImageOptions,
    private readonly source?: { readonly command: string[]; readonly cwd: string },
  ) {
    this.port = options.port ?? 8080;
    if (!Number.isInteger(this.port) || this.port < 1024 || this.port > 65535) {
      throw new Error(`ServiceImage: port must be a whole number from 1024 to 65535, got ${this.port}; let the app listen on a high port`);
    }
  }

  /** @internal */
  _bind(scope: Construct): ecs.ContainerImage {
    return this.bind(scope);
  }

  /**
   * What the local run needs to start the app from its folder.
   * @internal
   */
  _localRun(): { readonly command: string[]; readonly cwd: string; readonly port: number } | undefined {
    return this.source && { ...this.source, port: this.port };
  }
}
