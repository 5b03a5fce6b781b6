// Builds the console: one page, one script, one style, which the control plane serves. `npm run
// console` serves it from its sources beside a mock server on port 4010.
import { defineConfig } from 'vite';

const mockServer = process.env.UNDERSTUDY_URL ?? 'http://127.0.0.1:4010';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: 'public',
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // What a browser of these years understands is sent as it is.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: false,
    // Of what is bundled.
    license: { fileName: 'THIRD-PARTY-NOTICES.md' },
    // What is written for servers too says so in its first line, which means nothing here.
    rolldownOptions: {
      onLog: (level, log, next) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') next(level, log);
      },
      output: {
        entryFileNames: 'console.js',
        assetFileNames: 'console[extname]',
        codeSplitting: false,
      },
    },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  // The page is at `/__admin/`, its files are below `/__admin/console/`.
  experimental: { renderBuiltUrl: (name) => `./console/${name}` },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/__admin', '/v1', '/openapi.json'].map((path) => [
        path,
        // It takes requests of its own page alone.
        { target: mockServer, changeOrigin: true, headers: { origin: mockServer } },
      ]),
    ),
  },
});
