"""Train pythae's VAE in its own environment and print the laps as JSON; run by peers.py, never imported.

Arguments: file with the images by split, epochs, seed. pythae's own multilayer perceptrons, latent size 20, Bernoulli
reconstruction, its trainer with batches of 64 and Adam at 1e-3.
"""

import json
import resource
import sys
import tempfile
import time

import torch
import torch.nn.functional as F
from pythae.data.datasets import BaseDataset
from pythae.models import VAE, VAEConfig
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback

LATENT = 20


@torch.no_grad()
def nats(model: VAE, images: torch.Tensor) -> float:
    """-ELBO per image with one draw, averaged exactly."""
    total, generator = 0.0, torch.Generator().manual_seed(20131220)
    for x in images.split(500):
        code = model.encoder(x)
        mu, logvar = code.embedding, code.log_covariance
        z = mu + torch.exp(logvar / 2) * torch.randn(mu.shape, generator=generator)
        p = model.decoder(z).reconstruction.clamp(1e-7, 1 - 1e-7)
        kl = (mu**2 + logvar.exp() - 1 - logvar).sum() / 2
        total += (F.binary_cross_entropy(p, x.view_as(p), reduction="sum") + kl).item()
    return total / len(images)


class Laps(TrainingCallback):
    """Stops the clock after every epoch and measures the model on validation and test images."""

    def __init__(self, model: VAE, splits: dict[str, torch.Tensor]) -> None:
        self.model, self.splits, self.seconds = model, splits, 0.0
        self.laps: list[dict[str, float]] = []

    def on_train_begin(self, training_config: BaseTrainerConfig, **kwargs: object) -> None:
        """Start the clock."""
        self.started = time.perf_counter()

    def on_epoch_end(self, training_config: BaseTrainerConfig, **kwargs: object) -> None:
        """One lap."""
        self.seconds += time.perf_counter() - self.started
        training = self.model.training
        self.model.eval()
        reached = {split: nats(self.model, self.splits[split]) for split in ("validation", "test")}
        self.laps.append({"seconds": self.seconds, **reached})
        self.model.train(training)
        self.started = time.perf_counter()


def main() -> None:
    """Train, then print one line of JSON."""
    path, epochs, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    splits = torch.load(path, weights_only=True)
    train = splits["train"]
    torch.manual_seed(seed)
    model = VAE(VAEConfig(input_dim=(1, 28, 28), latent_dim=LATENT, reconstruction_loss="bce"))
    with tempfile.TemporaryDirectory() as folder:
        config = BaseTrainerConfig(
            output_dir=folder,
            num_epochs=epochs,
            learning_rate=1e-3,
            seed=seed,
            per_device_train_batch_size=64,
            no_cuda=True,
        )
        laps = Laps(model, splits)
        trainer = BaseTrainer(
            model, BaseDataset(train, torch.zeros(len(train))), training_config=config, callbacks=[laps]
        )
        trainer.train()
    print(
        json.dumps(
            {
                "laps": laps.laps,
                "images_per_second": len(laps.laps) * len(train) / laps.seconds,
                "parameters": sum(p.numel() for p in model.parameters()),
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
