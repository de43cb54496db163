/**
 * Compiles recorded graphs to TorchScript in memory and evaluates them through DJL: one native call
 * per evaluation.
 *
 * <p>Ownership of native memory: a {@link io.stablesr.engine.TensorScope} owns every tensor made or
 * returned inside it and frees them when it is closed; a {@link io.stablesr.engine.CompiledNetwork}
 * owns its weights. Weights that need no conversion stay memory-mapped.
 */
package io.stablesr.engine;
