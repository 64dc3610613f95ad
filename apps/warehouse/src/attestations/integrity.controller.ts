import { Controller, Get, HttpCode, Options, Param, Req, Res } from '@nestjs/common';
import {
  compareVersions,
  isFilename,
  negotiateMediaType,
  normalizeName,
  provenanceMediaTypes,
  tryParseDistribution,
  tryParseVersion,
} from '@rind/index-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IndexDatabase } from '../database/index-database.ts';
import { WarehouseError } from '../errors.ts';
import { entityTag } from '../serving/entity-tag.ts';
import { sendBytes } from '../serving/send.ts';
import { corsHeaders } from '../simple/simple-headers.ts';
import { publishedProvenance } from './attestation-records.ts';
import type { Provenance } from './attested-provenance.ts';

const cacheControl = 'public, max-age=600';

/** PyPI's Integrity API (PEP 740): the provenance of a file, whose checksum the signed page states. */
@Controller('integrity')
export class IntegrityController {
  constructor(private readonly database: IndexDatabase) {}

  @Get(':project/:version/:filename/provenance')
  async provenance(
    @Param('project') project: string,
    @Param('version') version: string,
    @Param('filename') filename: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.headers({ ...corsHeaders, Vary: 'Accept' });
    const contentType = negotiateMediaType(request.headers.accept, provenanceMediaTypes);
    if (contentType === null) {
      const message = 'Request not acceptable';
      throw new WarehouseError('provenance.not-acceptable', message, { message });
    }
    const found = await this.find(project, version, filename);
    if (found === undefined) {
      const message = `No provenance available for ${filename}`;
      throw new WarehouseError('provenance.not-found', message, { message });
    }
    sendBytes(request, reply, found.bytes, { contentType, cacheControl, tag: entityTag(found.sha256) });
  }

  @Options('*')
  @HttpCode(204)
  preflight(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.headers(corsHeaders);
  }

  private async find(rawName: string, rawVersion: string, filename: string): Promise<Provenance | undefined> {
    const project = normalizeName(rawName);
    const asked = tryParseVersion(rawVersion);
    const stated = isFilename(filename) ? tryParseDistribution(filename) : null;
    if (asked === null || stated?.project !== project) return undefined;
    if (compareVersions(stated.parsedVersion, asked) !== 0) return undefined;
    const found = await publishedProvenance(this.database.pool, project, [filename]);
    return found.get(filename);
  }
}
