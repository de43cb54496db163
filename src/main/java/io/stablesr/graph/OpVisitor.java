package io.stablesr.graph;

/** One method per operation, so that a new operation is a compile error wherever it matters. */
public interface OpVisitor<R> {
  /** See {@link Op.Input}. */
  R input(Op.Input op);

  /** See {@link Op.Parameter}. */
  R parameter(Op.Parameter op);

  /** See {@link Op.Conv2d}. */
  R conv2d(Op.Conv2d op);

  /** See {@link Op.MixedConv2d}. */
  R mixedConv2d(Op.MixedConv2d op);

  /** See {@link Op.StandardizedConv2d}. */
  R standardizedConv2d(Op.StandardizedConv2d op);

  /** See {@link Op.Linear}. */
  R linear(Op.Linear op);

  /** See {@link Op.GroupNorm}. */
  R groupNorm(Op.GroupNorm op);

  /** See {@link Op.BatchNorm}. */
  R batchNorm(Op.BatchNorm op);

  /** See {@link Op.FrozenBatchNorm}. */
  R frozenBatchNorm(Op.FrozenBatchNorm op);

  /** See {@link Op.LayerNorm}. */
  R layerNorm(Op.LayerNorm op);

  /** See {@link Op.Embedding}. */
  R embedding(Op.Embedding op);

  /** See {@link Op.NearestCode}. */
  R nearestCode(Op.NearestCode op);

  /** See {@link Op.Elementwise}. */
  R elementwise(Op.Elementwise op);

  /** See {@link Op.Prelu}. */
  R prelu(Op.Prelu op);

  /** See {@link Op.Add}. */
  R add(Op.Add op);

  /** See {@link Op.Multiply}. */
  R multiply(Op.Multiply op);

  /** See {@link Op.AddChannels}. */
  R addChannels(Op.AddChannels op);

  /** See {@link Op.Modulate}. */
  R modulate(Op.Modulate op);

  /** See {@link Op.GatedGelu}. */
  R gatedGelu(Op.GatedGelu op);

  /** See {@link Op.ConcatChannels}. */
  R concatChannels(Op.ConcatChannels op);

  /** See {@link Op.UpsampleNearest}. */
  R upsampleNearest(Op.UpsampleNearest op);

  /** See {@link Op.UpsampleBilinear}. */
  R upsampleBilinear(Op.UpsampleBilinear op);

  /** See {@link Op.MaxPool}. */
  R maxPool(Op.MaxPool op);

  /** See {@link Op.AveragePool}. */
  R averagePool(Op.AveragePool op);

  /** See {@link Op.SquarePool}. */
  R squarePool(Op.SquarePool op);

  /** See {@link Op.Pad}. */
  R pad(Op.Pad op);

  /** See {@link Op.PixelShuffle}. */
  R pixelShuffle(Op.PixelShuffle op);

  /** See {@link Op.PixelUnshuffle}. */
  R pixelUnshuffle(Op.PixelUnshuffle op);

  /** See {@link Op.Shift}. */
  R shift(Op.Shift op);

  /** See {@link Op.PadRightBottom}. */
  R padRightBottom(Op.PadRightBottom op);

  /** See {@link Op.ToTokens}. */
  R toTokens(Op.ToTokens op);

  /** See {@link Op.ToImage}. */
  R toImage(Op.ToImage op);

  /** See {@link Op.Chunk}. */
  R chunk(Op.Chunk op);

  /** See {@link Op.Attention}. */
  R attention(Op.Attention op);

  /** See {@link Op.PackedAttention}. */
  R packedAttention(Op.PackedAttention op);

  /** See {@link Op.WindowAttention}. */
  R windowAttention(Op.WindowAttention op);

  /** See {@link Op.TimestepEmbedding}. */
  R timestepEmbedding(Op.TimestepEmbedding op);

  /** See {@link Op.RepeatBatch}. */
  R repeatBatch(Op.RepeatBatch op);

  /** See {@link Op.StretchBatch}. */
  R stretchBatch(Op.StretchBatch op);
}
