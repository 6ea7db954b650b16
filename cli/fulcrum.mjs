#!/usr/bin/env node
// Starts the command line under the Node.js that the project brings, whatever the machine has: it runs TypeScript as it is.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const [major = 0] = process.versions.node.split('.').map(Number);
const node = major >= 24 ? process.execPath : createRequire(import.meta.url).resolve('node/bin/node');
const { status, error } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
if (error) throw error;
process.exitCode = status ?? 1;
