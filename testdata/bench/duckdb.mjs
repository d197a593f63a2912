// duckdb: runs one SQL script with two threads and prints what it returns; argument: database, SQL.
import { DuckDBInstance } from '@duckdb/node-api';

const [, , database, sql] = process.argv;
const instance = await DuckDBInstance.create(database, { threads: '2' });
const connection = await instance.connect();
const rows = await connection.runAndReadAll(sql);
for (const row of rows.getRows()) console.log(row.map(String).join('\t'));
connection.closeSync();
