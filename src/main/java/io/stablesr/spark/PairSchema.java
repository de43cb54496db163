package io.stablesr.spark;

import io.stablesr.core.Words;
import io.stablesr.degrade.CropDraw;
import io.stablesr.degrade.DegradationDraw;
import io.stablesr.degrade.KernelShape;
import io.stablesr.degrade.NoiseShape;
import io.stablesr.degrade.Sharpening;
import io.stablesr.job.ResultRow;
import io.stablesr.job.SoftwareVersion;
import java.sql.Timestamp;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of the rows of pairs; docs/degradation.md says what they mean. */
final class PairSchema {
  /** Grows with every change of the columns. */
  static final int VERSION = 1;

  private static final StructType STAGE =
      new StructType()
          .add("kernel", DataTypes.StringType, true)
          .add("kernel_size", DataTypes.IntegerType, true)
          .add("sigma_x", DataTypes.DoubleType, true)
          .add("sigma_y", DataTypes.DoubleType, true)
          .add("rotation", DataTypes.DoubleType, true)
          .add("beta", DataTypes.DoubleType, true)
          .add("cutoff", DataTypes.DoubleType, true)
          .add("resize_factor", DataTypes.DoubleType, true)
          .add("resize_mode", DataTypes.StringType, true)
          .add("noise", DataTypes.StringType, true)
          .add("noise_strength", DataTypes.DoubleType, true)
          .add("noise_color", DataTypes.StringType, true)
          .add("jpeg_quality", DataTypes.DoubleType, true);

  private static final StructType LAST =
      new StructType()
          .add("order", DataTypes.StringType, true)
          .add("resize_mode", DataTypes.StringType, true)
          .add("sinc_size", DataTypes.IntegerType, true)
          .add("sinc_cutoff", DataTypes.DoubleType, true)
          .add("jpeg_codec", DataTypes.StringType, true)
          .add("rounding", DataTypes.StringType, true);

  private static final StructType SHARPENING =
      new StructType()
          .add("weight", DataTypes.DoubleType, true)
          .add("radius", DataTypes.IntegerType, true)
          .add("threshold_levels", DataTypes.DoubleType, true);

  static final StructType SCHEMA =
      new StructType()
          .add("pair_schema_version", DataTypes.IntegerType, true)
          .add("image_id", DataTypes.StringType, true)
          .add("crop", DataTypes.IntegerType, true)
          .add("status", DataTypes.StringType, true)
          .add("error_code", DataTypes.StringType, true)
          .add("error_message", DataTypes.StringType, true)
          .add("input_uri", DataTypes.StringType, true)
          .add("input_version", DataTypes.StringType, true)
          .add("input_sha256", DataTypes.StringType, true)
          .add("input_width", DataTypes.IntegerType, true)
          .add("input_height", DataTypes.IntegerType, true)
          .add("gt_uri", DataTypes.StringType, true)
          .add("gt_bytes", DataTypes.LongType, true)
          .add("gt_sha256", DataTypes.StringType, true)
          .add("lq_uri", DataTypes.StringType, true)
          .add("lq_bytes", DataTypes.LongType, true)
          .add("lq_sha256", DataTypes.StringType, true)
          .add("crop_top", DataTypes.IntegerType, true)
          .add("crop_left", DataTypes.IntegerType, true)
          .add("crop_height", DataTypes.IntegerType, true)
          .add("crop_width", DataTypes.IntegerType, true)
          .add("preset", DataTypes.StringType, true)
          .add("scale", DataTypes.IntegerType, true)
          .add("seed", DataTypes.LongType, true)
          .add("parameters_digest", DataTypes.StringType, true)
          .add("treatment", DataTypes.StringType, true)
          .add("sharpening", SHARPENING, true)
          .add("first", STAGE, true)
          .add("second", STAGE, true)
          .add("last", LAST, true)
          .add("elapsed_millis", DataTypes.LongType, true)
          .add("host", DataTypes.StringType, true)
          .add("executor", DataTypes.StringType, true)
          .add("attempt", DataTypes.IntegerType, true)
          .add("finished_at", DataTypes.TimestampType, true)
          .add("computed_run_id", DataTypes.StringType, true)
          .add("run_id", DataTypes.StringType, true)
          .add("software_version", DataTypes.StringType, true);

  private PairSchema() {}

  static Row row(PairResult pair, PairPlaces places, String runId) {
    Optional<CropDraw> place = pair.place();
    Optional<DegradationDraw> draw = pair.draw();
    return RowFactory.create(
        VERSION,
        pair.item().id(),
        pair.crop(),
        pair.status().name(),
        pair.error().map(error -> error.code().name()).orElse(null),
        pair.error().map(ResultRow.Failure::message).orElse(null),
        pair.item().uri(),
        pair.item().inputVersion().isEmpty() ? null : pair.item().inputVersion(),
        pair.source().map(PairResult.Source::sha256).orElse(null),
        pair.source().map(PairResult.Source::width).orElse(null),
        pair.source().map(PairResult.Source::height).orElse(null),
        places.groundTruth(pair.item(), pair.crop()),
        pair.files().map(files -> files.groundTruth().bytes()).orElse(null),
        pair.files().map(files -> files.groundTruth().sha256()).orElse(null),
        places.lowQuality(pair.item(), pair.crop()),
        pair.files().map(files -> files.lowQuality().bytes()).orElse(null),
        pair.files().map(files -> files.lowQuality().sha256()).orElse(null),
        place.map(CropDraw::top).orElse(null),
        place.map(CropDraw::left).orElse(null),
        place.map(CropDraw::height).orElse(null),
        place.map(CropDraw::width).orElse(null),
        places.options().source().name(),
        places.options().scale(),
        places.options().seed(),
        pair.item().parametersDigest(),
        draw.map(d -> Words.of(d.treatment())).orElse(null),
        draw.flatMap(DegradationDraw::sharpening).map(PairSchema::sharpening).orElse(null),
        draw.map(d -> stage(d.first())).orElse(null),
        draw.map(d -> stage(d.second())).orElse(null),
        draw.map(d -> last(d.last())).orElse(null),
        pair.elapsedMillis(),
        pair.origin().host(),
        pair.origin().executor(),
        pair.origin().attempt(),
        new Timestamp(pair.origin().finishedAtMillis()),
        pair.origin().runId(),
        runId,
        SoftwareVersion.text());
  }

  /** A row of an earlier run as it stands in the rows of another. */
  static Row kept(Row row, String runId) {
    Object[] values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    values[SCHEMA.fieldIndex("run_id")] = runId;
    return RowFactory.create(values);
  }

  private static Row sharpening(Sharpening sharpening) {
    return RowFactory.create(
        sharpening.weight(), sharpening.radius(), sharpening.thresholdLevels());
  }

  private static Row stage(DegradationDraw.Stage stage) {
    Object[] values = new Object[STAGE.length()];
    stage.blur().ifPresent(shape -> kernel(shape, values));
    values[STAGE.fieldIndex("resize_factor")] = stage.factor();
    values[STAGE.fieldIndex("resize_mode")] = Words.of(stage.mode());
    stage
        .noise()
        .ifPresent(
            noise -> {
              boolean gaussian = noise instanceof NoiseShape.Gaussian;
              values[STAGE.fieldIndex("noise")] = gaussian ? "gaussian" : "poisson";
              values[STAGE.fieldIndex("noise_strength")] =
                  noise instanceof NoiseShape.Gaussian shape
                      ? shape.sigmaLevels()
                      : ((NoiseShape.Poisson) noise).scale();
              values[STAGE.fieldIndex("noise_color")] = Words.of(noise.color());
            });
    stage.jpegQuality().ifPresent(quality -> values[STAGE.fieldIndex("jpeg_quality")] = quality);
    return RowFactory.create(values);
  }

  private static void kernel(KernelShape shape, Object[] values) {
    values[STAGE.fieldIndex("kernel_size")] = shape.size();
    if (shape instanceof KernelShape.Blur blur) {
      values[STAGE.fieldIndex("kernel")] = Words.of(blur.family());
      values[STAGE.fieldIndex("sigma_x")] = blur.sigmaX();
      values[STAGE.fieldIndex("sigma_y")] = blur.sigmaY();
      values[STAGE.fieldIndex("rotation")] = blur.rotation();
      values[STAGE.fieldIndex("beta")] = blur.beta();
    } else if (shape instanceof KernelShape.Sinc sinc) {
      values[STAGE.fieldIndex("kernel")] = "sinc";
      values[STAGE.fieldIndex("cutoff")] = sinc.cutoff();
    }
  }

  private static Row last(DegradationDraw.Ending last) {
    boolean ringing = last.sinc() instanceof KernelShape.Sinc;
    return RowFactory.create(
        Words.of(last.order()),
        Words.of(last.mode()),
        ringing ? (Integer) last.sinc().size() : null,
        last.sinc() instanceof KernelShape.Sinc sinc ? (Double) sinc.cutoff() : null,
        Words.of(last.jpegCodec()),
        Words.of(last.rounding()));
  }
}
