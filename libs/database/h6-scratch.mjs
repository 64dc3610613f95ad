import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { startTestPostgres } from '../embedded-postgres/dist/index.js';
import { ensureRoles, migrate, openIndexPrisma, toDatabaseError } from './dist/index.js';
import { PrismaPg } from '@prisma/adapter-pg';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
const p = await startTestPostgres();
try {
const passwords = { owner:'o', warehouse:'w', signer:'s', auth:'a' };
await ensureRoles({ superuserUrl: p.superuserUrl('postgres'), passwords });
console.log(await migrate({ ownerUrl: p.url('rind_index','rind_owner','o'), which:'index' }));
console.log(await migrate({ ownerUrl: p.url('rind_auth','rind_owner','o'), which:'auth' }));
const show = (e) => { const t=toDatabaseError(e); console.log(e.constructor.name, e.code, JSON.stringify(e.meta), String(e.message).slice(-150).replaceAll('\n',' '), '=>', t.code, JSON.stringify(t.details)); };
const w = openIndexPrisma(p.url('rind_index','rind_warehouse','w'));
const id='00000000-0000-4000-8000-000000000001';
try { await w.outbox.create({ data: { uploadId: id, targetPath: 'packages/a/b', envelope: new Uint8Array([1]) } }); console.log('outbox ok'); } catch (e) { show(e); }
await w.project.create({data:{name:'a',displayName:'A'}});
try { await w.project.create({data:{name:'a',displayName:'A'}}); } catch (e) { show(e); }
try { await w.project.update({where:{name:'a'},data:{displayName:'B'}}); } catch (e) { show(e); }
try { await w.$queryRaw`SELECT * FROM signer.signature_log`; } catch (e) { show(e); }
try { await w.$queryRaw`SELECT 1/0`; } catch (e) { show(e); }
try { await w.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`; } catch (e) { show(e); }
try { await w.$transaction(async (tx) => { await tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`; }); } catch (e) { show(e); }
try { await w.$queryRaw`SELECT pg_sleep(1) FROM (SELECT set_config('statement_timeout','100',false)) x`; } catch (e) { show(e); }
const bad = openIndexPrisma(p.url('rind_index','rind_warehouse','wrong'));
try { await bad.project.count(); } catch (e) { show(e); }
const none = openIndexPrisma('postgres://x:y@127.0.0.1:1/z');
try { await none.project.count(); } catch (e) { show(e); }
await bad.$disconnect(); await none.$disconnect();
// drift
const require = createRequire(import.meta.url);
const dir = dirname(require.resolve('@prisma/schema-engine-wasm'));
const bg = await import(join(dir,'schema_engine_bg.js'));
const { instance } = await WebAssembly.instantiate(readFileSync(join(dir,'schema_engine_bg.wasm')), { './schema_engine_bg.js': bg });
bg.__wbg_set_wasm(instance.exports); instance.exports.__wbindgen_start?.();
for (const [which, schemas] of [['index',['signer','warehouse']],['auth',['auth']]]) {
  const url = p.url('rind_'+which,'rind_owner','o');
  const schema = readFileSync(`prisma/${which}/schema.prisma`,'utf8');
  const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
  const engine = await bg.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, factory);
  try {
  const r = await engine.diff({ from: { tag:'schemaDatasource', files:[{path:'schema.prisma', content: schema}], configDir: '.' }, to: { tag:'schemaDatamodel', files:[{path:'schema.prisma', content: schema}] }, script:true, exitCode:true, shadowDatabaseUrl:null, filters:{externalTables:[],externalEnums:[]} });
  console.log(which, r);
  } catch (e) { console.log('diff failed', e); }
}
await w.$disconnect();
} catch (e) { console.log(e); } finally { await p.destroy(); }
