import type { Command } from '../command.ts';

const mebibytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

export const media: Command = {
  name: 'media',
  summary: 'Say what files there are, and what they take',
  usage: ['', 'Files that nothing shows any more are removed by the server, each minute.'],
  options: {},
  async run(context) {
    const { runTask } = await import('../../app/run-task.ts');
    const { reportFiles } = await import('../../app/tasks/report-files.ts');
    const report = await runTask(context.config(), reportFiles, {}, context);
    const { uploading, processing, ready, refused, unused, fileBytes, blobs, blobBytes, loose } = report;
    context.print(`Files: ${ready} ready, ${uploading} uploading, ${processing} processing, ${refused} refused.`);
    context.print(`${unused} of them are shown nowhere: they wait for a message, or to be removed.`);
    context.print(`Stored: ${blobs} blobs, ${mebibytes(blobBytes)}, for files of ${mebibytes(fileBytes)}.`);
    context.print(`To be removed from the store: ${loose} blobs.`);
    return 0;
  },
};
