import { writeFileSync } from 'node:fs';
import { migratedSchemaText } from './schema-text.ts';

writeFileSync(new URL('../migrations/schema.sql', import.meta.url), await migratedSchemaText());
