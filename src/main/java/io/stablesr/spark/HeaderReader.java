package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ImageHeader;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.ImageFacts;
import io.stablesr.job.UriRules;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/** Reads headers of images: one request of 256 KiB each where the listing told the length. */
final class HeaderReader {
  private static final long RANGE_BYTES = 256 << 10;

  private final Configuration hadoop;
  private final ImageCodec codec;
  private final StoreRetry retry;

  HeaderReader(Configuration hadoop, ImageCodec codec, StoreRetry retry) {
    this.hadoop = hadoop;
    this.codec = codec;
    this.retry = retry;
  }

  /** Reads many headers at once; the results are in the order of the requests. */
  List<ImageFacts> readAll(List<ProbeRequest> requests, int threads) throws InterruptedException {
    ExecutorService pool =
        Executors.newFixedThreadPool(Math.max(1, Math.min(threads, requests.size())));
    try {
      List<Future<ImageFacts>> running = new ArrayList<>();
      requests.forEach(request -> running.add(pool.submit(() -> read(request))));
      List<ImageFacts> facts = new ArrayList<>();
      for (Future<ImageFacts> result : running) {
        facts.add(result.get());
      }
      return facts;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private ImageFacts read(ProbeRequest request) {
    Known known = new Known(Math.max(0, request.bytes()), request.version());
    try {
      // Without a version a changed input could not be told from the one that was done.
      return retry.run(() -> read(request, known));
    } catch (StableSrException e) {
      return ImageFacts.failed(e.code(), e.getMessage(), known.bytes, known.version);
    } catch (FileNotFoundException e) {
      return ImageFacts.failed(
          ErrorCode.INPUT_NOT_FOUND,
          request.uri() + " does not exist.",
          known.bytes,
          known.version);
    } catch (IOException | RuntimeException e) {
      // Not lost: the task that reads the image reports it in its row.
      return ImageFacts.failed(
          ErrorCode.INPUT_READ,
          "%s cannot be read: %s"
              .formatted(request.uri(), UriRules.masked(String.valueOf(e.getMessage()))),
          known.bytes,
          known.version);
    }
  }

  /** What is known of a file, also where its header cannot be read. */
  private static final class Known {
    private long bytes;
    private String version;

    private Known(long bytes, String version) {
      this.bytes = bytes;
      this.version = version;
    }
  }

  private ImageFacts read(ProbeRequest request, Known known) throws IOException {
    Path path = new Path(request.uri());
    FileSystem files = path.getFileSystem(hadoop);
    FutureDataInputStreamBuilder builder =
        files
            .openFile(path)
            .opt("fs.option.openfile.read.policy", "random")
            .optLong("fs.s3a.readahead.range", RANGE_BYTES);
    if (request.bytes() >= 0) {
      // Saves the request that would ask for the length.
      builder.optLong("fs.option.openfile.length", request.bytes());
    } else {
      FileStatus status = files.getFileStatus(path);
      known.bytes = status.getLen();
      known.version = SourceVersion.of(status);
      builder.withFileStatus(status);
    }
    try (FSDataInputStream stream = FutureIO.awaitFuture(builder.build())) {
      ImageHeader header = codec.header(request.id(), stream);
      return ImageFacts.of(header.width(), header.height(), known.bytes, known.version);
    }
  }
}
