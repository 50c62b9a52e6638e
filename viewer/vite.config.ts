import { defineConfig } from "vite";

// The daemon that `npm run dev` talks to.
const daemon = process.env.YILIAN_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  esbuild: { jsx: "automatic" },
  build: {
    // Hospital PCs: Chromium 86 and the browsers built on it.
    target: "chrome86",
    cssTarget: "chrome86",
    // The strict policy of the daemon allows no data: scripts or styles; small files stay files too.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
  },
  server: { proxy: { "/fhir": daemon, "/admin": daemon } },
});
