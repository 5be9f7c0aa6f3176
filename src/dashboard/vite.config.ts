import { fileURLToPath } from "node:url";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const ENTRY =
  /node_modules\/(react|react-dom|scheduler|convex|@tanstack\/(react-router|router-core|history|store|react-store)|tailwind-merge|use-sync-external-store|class-variance-authority|clsx)\//;
const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Static files for any web server; where its deployment is, `/deployment.json` beside them says. */
export default defineConfig(({ command }) => {
  // Whoever builds may have another one set, for a purpose of their own: React's development build takes twice the time.
  // `DASHBOARD_BUILD=development` asks for that, to see its warnings.
  if (command === "build") process.env["NODE_ENV"] = process.env["DASHBOARD_BUILD"] ?? "production";
  return {
    root: HERE,
    plugins: [react(), tailwind()],
    // A worker that loads languages one by one is a module.
    worker: { format: "es" as const },
    build: {
      outDir: fileURLToPath(new URL("../../dist/dashboard", import.meta.url)),
      emptyOutDir: true,
      target: "es2022",
      rolldownOptions: {
        output: {
          // What each start loads, in one file: apart, its pieces are a tenth larger.
          codeSplitting: { groups: [{ name: "entry", test: ENTRY }] },
        },
      },
      // Languages of code blocks come one by one, when one is shown.
      chunkSizeWarningLimit: 800,
    },
  };
});
