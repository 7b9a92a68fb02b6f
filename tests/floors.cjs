/** Who may import whom (docs/decisions/002-floors.md). */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

module.exports = {
  forbidden: [
    rule(
      'no-circles',
      'No module may reach itself.',
      { pathNot: '\\.svelte$' },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule(
      'domain-is-the-ground',
      'The domain imports itself and valibot, nothing else.',
      { path: '^src/lib/domain/', pathNot: '\\.test(-d)?\\.ts$' },
      { pathNot: '^(src/lib/domain/|node_modules/valibot/)' },
    ),
    rule(
      'platform-knows-no-room',
      'Floor 1 imports the domain, itself and libraries.',
      { path: '^server/platform/', pathNot: '\\.test\\.ts$' },
      { path: '^(server/(?!platform/)|src/(?!lib/domain/))', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'server-takes-only-the-domain',
      'The server never imports from src but the domain.',
      { path: '^server/' },
      { path: '^src/(?!lib/domain/)' },
    ),
    rule(
      'rooms-meet-through-actions',
      "Another room's actions, words or table types, never its queries or routes.",
      { path: '^server/([^/]+)/', pathNot: '^server/(platform|demo|migrations)/|\\.test\\.ts$' },
      { path: '^server/(?!platform/|schema\\.ts)([^/]+)/(queries|routes)\\.ts$', pathNot: '^server/$1/' },
    ),
    rule(
      'phone-takes-only-types-of-the-server',
      'src imports the type of the API alone.',
      { path: '^src/' },
      { path: '^server/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'phone-floor-looks-down',
      'Floor 3 does not know how things look.',
      { path: '^src/(lib/(local|scan|session|notices)|service-worker)/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(lib/(components|forms)|routes)/' },
    ),
    rule(
      'components-hold-no-state-of-the-app',
      'Components know the domain and libraries alone.',
      { path: '^src/lib/components/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(lib/(local|scan|session|notices|forms)|routes|service-worker)/' },
    ),
    rule(
      'forms-know-no-route',
      'The renderer and the parts of the back office do not know the pages.',
      { path: '^src/lib/(forms|office)/' },
      { path: '^src/routes/' },
    ),
    rule(
      'pages-are-thin',
      'Pages do not speak Dexie or Valibot.',
      { path: '^src/routes/' },
      { path: '^node_modules/(dexie|valibot)/' },
    ),
    rule(
      'no-tests-in-the-product',
      'The product never imports its tests.',
      { path: '^(src|server)/', pathNot: '\\.test\\.ts$' },
      { path: '^tests/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.server.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.svelte'],
    },
    exclude: { path: '^(build|\\.svelte-kit|data)/' },
  },
}
