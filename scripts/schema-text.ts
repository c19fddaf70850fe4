import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';

interface SchemaRow {
  readonly sql: string;
}

const HEADER = '-- What the migrations make of an empty database. Written by `npm run schema`.\n';

/** The schema of a database as text: tables by name, each followed by its indexes. Knex's own tables are left out. */
export async function schemaText({ query }: SqliteDatabase): Promise<string> {
  const rows: readonly SchemaRow[] = await query('sqlite_master')
    .select('sql')
    .whereNotNull('sql')
    .whereNot('tbl_name', 'like', 'knex_%')
    .whereNot('tbl_name', 'like', 'sqlite_%')
    .orderBy([{ column: 'tbl_name' }, { column: 'type', order: 'desc' }, { column: 'name' }]);
  return HEADER + rows.map(({ sql }) => `\n${formatted(sql)};\n`).join('');
}

/** The schema that the migrations make of an empty database. */
export async function migratedSchemaText(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-schema-'));
  const database = await SqliteDatabase.open({ file: join(folder, 'schema.db') });
  try {
    return await schemaText(database);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

/** One column or constraint a line: splits at the commas that no parenthesis inside the table's own encloses. */
function formatted(sql: string): string {
  if (!sql.startsWith('CREATE TABLE')) return sql;
  let depth = 0;
  return [...sql]
    .map((character) => {
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      if (character === '(' && depth === 1) return '(\n  ';
      if (character === ')' && depth === 0) return '\n)';
      return character === ',' && depth === 1 ? ',\n ' : character;
    })
    .join('');
}
