"""Every night: upscales what arrived since the last run, on Kubernetes with the Spark operator.

Needs apache-airflow-providers-cncf-kubernetes; the file scheduled-spark-application.yaml is not
needed then. Put this file and spark-application.yaml (from deploy/k8s) into the folder of DAGs.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator

with DAG(
    dag_id="stablesr_nightly",
    description="Upscales what arrived since the last run",
    schedule="0 1 * * *",
    start_date=datetime(2026, 1, 1),
    # The same command does whatever is missing: one run makes up for all that were missed, and two
    # at once would do the same work.
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
    tags=["stablesr"],
) as dag:
    SparkKubernetesOperator(
        task_id="upscale",
        namespace="stablesr",
        application_file="spark-application.yaml",
        kubernetes_conn_id="kubernetes_default",
        get_logs=True,
        delete_on_termination=True,
        # A driver that is still at work when Airflow comes back is waited for, not started twice.
        reattach_on_restart=True,
        execution_timeout=timedelta(hours=20),
    )
