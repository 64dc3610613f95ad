/** `TransactionalSql` of @rind/database: database `auth`, role `rind_auth`. */
export const DATABASE = Symbol('database');
