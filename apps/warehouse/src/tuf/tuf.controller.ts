import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { ObjectStore } from '@rind/storage-port';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contentTypeOf } from '../serving/content-type.ts';
import { entityTag } from '../serving/entity-tag.ts';
import { sendBytes, sendObject } from '../serving/send.ts';
import { OBJECT_STORE } from '../store/object-store.module.ts';
import { MetadataFiles } from './metadata-files.ts';
import { targetKeyOf } from './target-key.ts';

const immutable = 'public, max-age=31536000, immutable';
const changing = 'no-cache, max-age=0';

/**
 * What a CDN serves in production, straight from the store and never compressed: clients check lengths and hashes of
 * the very bytes.
 */
@Controller()
export class TufController {
  constructor(
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    private readonly metadata: MetadataFiles,
  ) {}

  @Get('metadata/:name')
  async metadataFile(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = await this.metadata.find(name);
    if (file === null) return absent(reply);
    const cacheControl = file.immutable ? immutable : changing;
    sendBytes(request, reply, file.bytes, { contentType: 'application/json', cacheControl });
  }

  @Get('targets/*')
  async target(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = targetKeyOf((request.params as Readonly<Record<string, string>>)['*'] ?? '');
    if (target === null) return absent(reply);
    const { key, sha256, filename } = target;
    const headers = { contentType: contentTypeOf(filename), cacheControl: immutable, tag: entityTag(sha256) };
    if (!(await sendObject(request, reply, this.store, key, headers))) absent(reply);
  }
}

/** Clients ask for the next root until it is missing: the answer is small and not remembered. */
function absent(reply: FastifyReply): void {
  void reply
    .status(404)
    .headers({
      'Cache-Control': changing,
      'Access-Control-Allow-Origin': '*',
      'X-Rind-Error': 'file.not-found',
    })
    .type('text/plain; charset=utf-8')
    .send('not found\n');
}
