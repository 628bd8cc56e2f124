#!/usr/bin/env node
// Finds a Node.js that can run Tidegate and starts it. Plain JavaScript that Node 18 can read: an older Node would
// stop with a syntax error before it could say what it lacks.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const requiredMajor = 26;
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The program: sources in a clone, compiled files in an installed package (Node strips no types in node_modules). */
function findMain() {
  const source = join(root, 'src', 'main.ts');
  if (!existsSync(source)) return join(root, 'dist', 'src', 'main.js');
  // Sources without their types are kept: what takes the types off costs each thread 15 MB and a part of a second.
  process.env.NODE_COMPILE_CACHE ??= join(root, '.tidegate', 'compile-cache');
  return source;
}

/** The binary that the `node` package of npm brings, wherever npm hoisted it; null when there is none. */
function findBundledNode() {
  try {
    const manifest = nodeModule.createRequire(import.meta.url).resolve('node/package.json');
    const version = JSON.parse(readFileSync(manifest, 'utf8')).version;
    const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return Number(version.split('.')[0]) >= requiredMajor && existsSync(binary) ? binary : null;
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return null;
    throw error;
  }
}

function startBundled(binary) {
  const child = spawn(binary, [findMain(), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']) {
    // A terminal sends SIGINT to the whole group; passing it on as well would be a second Ctrl-C.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`tidegate: cannot start ${binary}: ${error.message}\n`);
    process.exit(3);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

if (Number(process.versions.node.split('.')[0]) >= requiredMajor) {
  const main = findMain();
  if (process.env.NODE_COMPILE_CACHE !== undefined)
    nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import(pathToFileURL(main).href);
} else {
  const binary = findBundledNode();
  if (binary !== null) startBundled(binary);
  else {
    process.stderr.write(
      `tidegate: needs Node.js ${requiredMajor} or newer (this is ${process.versions.node}); install it, or run: npm install node@${requiredMajor}\n`,
    );
    process.exit(3);
  }
}
