package io.stablesr.spark;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.degrade.CropDraw;
import io.stablesr.degrade.DegradationDraw;
import io.stablesr.degrade.DegradedPair;
import io.stablesr.degrade.Degrader;
import io.stablesr.degrade.Drawer;
import io.stablesr.image.BitDepth;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.ImageEncoder;
import io.stablesr.image.OutputFormat;
import io.stablesr.image.PixelRounding;
import io.stablesr.job.DegradeOptions;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.ImageResult;
import io.stablesr.job.ResultFile;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.job.WorkItem;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Makes the pairs of images; whatever goes wrong with an image ends in its rows. */
final class PairMaker {
  private static final Logger LOG = LogManager.getLogger(PairMaker.class);

  private final PairPlaces places;
  private final DegradeOptions options;
  private final Drawer drawer;
  private final ImageCodec codec;
  private final ImageEncoder encoder =
      new ImageEncoder(new OutputFormat.Png(BitDepth.EIGHT), PixelRounding.ROUND);
  private final ImageStore store;
  private final ExistingOutput existing;
  private final Supplier<ImageResult.Origin> origin;

  PairMaker(
      PairPlaces places,
      ImageCodec codec,
      ImageStore store,
      ExistingOutput existing,
      Supplier<ImageResult.Origin> origin) {
    this.places = places;
    this.options = places.options();
    this.drawer = new Drawer(options.preset(), options.scale());
    this.codec = codec;
    this.store = store;
    this.existing = existing;
    this.origin = origin;
  }

  /** One result per crop asked for. */
  List<PairResult> make(PairItem pairs) {
    WorkItem item = pairs.item();
    DecodedImage[] image = new DecodedImage[1];
    PairResult.Source[] source = new PairResult.Source[1];
    Optional<ResultRow.Failure> unreadable =
        attempt(
            item,
            () -> {
              byte[] file = store.read(item.uri());
              image[0] = codec.decode(item.id(), file);
              source[0] =
                  new PairResult.Source(Digests.sha256(file), image[0].width(), image[0].height());
            });
    Optional<ResultRow.Failure> refusal =
        unreadable.or(() -> options.refusal(image[0].height(), image[0].width()));
    List<PairResult> results = new ArrayList<>();
    for (int crop : pairs.crops()) {
      results.add(
          refusal.isPresent()
              ? failed(item, crop, refusal.get(), Optional.ofNullable(source[0]))
              : pair(item, crop, image[0].bledRgb(), source[0]));
    }
    return results;
  }

  private PairResult pair(WorkItem item, int crop, FloatTensor picture, PairResult.Source source) {
    long start = System.nanoTime();
    PairResult[] result = new PairResult[1];
    Optional<ResultRow.Failure> failure =
        attempt(
            item,
            () -> {
              String identity = CropDraw.identity(item.id(), crop);
              CropDraw place = place(identity, picture);
              DegradationDraw draw = drawer.draw(options.seed(), identity);
              DegradedPair pair = Degrader.apply(place.apply(picture), draw);
              PairResult.Files files =
                  new PairResult.Files(
                      publish(places.groundTruth(item, crop), pair.groundTruth(), item),
                      publish(places.lowQuality(item, crop), pair.lowQuality(), item));
              result[0] =
                  new PairResult(
                      item,
                      crop,
                      RowStatus.DONE,
                      Optional.empty(),
                      Optional.of(source),
                      Optional.of(place),
                      Optional.of(draw),
                      Optional.of(files),
                      (System.nanoTime() - start) / 1_000_000,
                      origin.get());
            });
    return failure
        .map(reason -> failed(item, crop, reason, Optional.of(source)))
        .orElseGet(() -> result[0]);
  }

  private CropDraw place(String identity, FloatTensor picture) {
    return options.cropPixels() == 0
        ? CropDraw.whole(picture.dim(1), picture.dim(2), options.scale())
        : CropDraw.square(
            options.seed(), identity, picture.dim(1), picture.dim(2), options.cropPixels());
  }

  private PairResult.Stored publish(String uri, FloatTensor picture, WorkItem item) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoder.encode(
        picture,
        Optional.empty(),
        Map.of("Degradation", "parameters=" + item.parametersDigest()),
        bytes);
    ResultFile file = ResultFile.of(bytes.toByteArray());
    store.publish(uri, file, existing);
    return new PairResult.Stored(file.bytes(), file.sha256());
  }

  private PairResult failed(
      WorkItem item, int crop, ResultRow.Failure reason, Optional<PairResult.Source> source) {
    return PairResult.failed(
        item,
        crop,
        reason.code() == ErrorCode.OUTPUT_EXISTS ? RowStatus.SKIPPED : RowStatus.FAILED,
        reason,
        source,
        origin.get());
  }

  private static Optional<ResultRow.Failure> attempt(WorkItem item, Runnable work) {
    try {
      work.run();
      return Optional.empty();
    } catch (StableSrException e) {
      if (e.code() == ErrorCode.CANCELLED) {
        // Says nothing about the image: the task ends, and Spark may repeat it elsewhere.
        throw e;
      }
      return Optional.of(new ResultRow.Failure(e.code(), e.getMessage()));
    } catch (OutOfMemoryError e) {
      return Optional.of(
          new ResultRow.Failure(
              ErrorCode.OUT_OF_MEMORY, "The Java heap was not enough; give it more (-Xmx)."));
    } catch (RuntimeException e) {
      LOG.warn("Defect while degrading {}", item.id(), e);
      return Optional.of(new ResultRow.Failure(ErrorCode.INTERNAL, e.toString()));
    }
  }
}
