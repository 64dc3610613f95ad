import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KnownDevices } from '../devices/known-devices.ts';
import { devicesContent } from './device-pages.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const path = '/account/devices/';

/** Devices that a person's account knows. */
@Controller('account/devices')
@UseFilters(WebProblems)
export class DevicesController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(KnownDevices) private readonly devices: KnownDevices,
  ) {}

  @Get()
  async overview(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    const person = await web.personOr(request, reply, path);
    if (person === null) return;
    const devices = await this.devices.list(person, web.arrival(request));
    web.send(reply, 200, 'Devices', devicesContent(devices), { person });
  }

  /** Asks for nothing more: whoever suspects a device wants it gone at once, and another mail makes it known again. */
  @Post('forget')
  async forget(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.personOr(request, reply, path);
    if (person === null) return;
    const id = web.field(request, 'id');
    if (/^[0-9a-f]{64}$/.test(id))
      await this.devices.forget(person, Buffer.from(id, 'hex'), web.visitor(request));
    web.redirect(reply, path);
  }
}
