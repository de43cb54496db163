package io.stablesr.train;

/** The networks that objectives of one kind work with, over one replica of the weights. */
interface TrainedNetworks extends AutoCloseable {
  /** Losses, and the networks that judge what is made. */
  CriticNetworks judges();

  @Override
  void close();
}
