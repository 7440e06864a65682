import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const bundles = new Map<string, Promise<string>>();

/** A script of `page/` with all that it imports, as one classic script; compiled once in this process. */
export function pageScript(name: 'report' | 'live'): Promise<string> {
  let bundle = bundles.get(name);
  if (bundle === undefined) {
    bundle = compile(name);
    bundles.set(name, bundle);
    bundle.catch(() => bundles.delete(name));
  }
  return bundle;
}

async function compile(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`page/${name}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
  });
  // A script element would end where its text says so.
  return outputFiles[0]!.text.trim().replaceAll('</script', '<\\/script');
}
