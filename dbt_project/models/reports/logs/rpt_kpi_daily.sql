{{ kpis_by_period('day', 'date', 1440) }}
