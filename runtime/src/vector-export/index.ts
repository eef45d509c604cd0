export * from './errors';
export { type ExportOptions, type ExportOutcome, exportVectors } from './export';
export { type ExportedTable, type Manifest, MANIFEST, readManifest } from './manifest';
export { restoreVectors, type Restored, type RestoreOptions } from './restore';
export { type ExportSink, type ExportSource, FolderStore } from './store';
